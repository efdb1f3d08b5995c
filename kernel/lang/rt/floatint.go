package rt

// Conversions of floats to integer types that may not hold them, whose result Go leaves to the machine.

// FloatToInt8 is int8(x).
func FloatToInt8(x float64) int8 { return int8(x) }

// FloatToInt16 is int16(x).
func FloatToInt16(x float64) int16 { return int16(x) }

// FloatToInt32 is int32(x).
func FloatToInt32(x float64) int32 { return int32(x) }

// FloatToUint8 is uint8(x).
func FloatToUint8(x float64) uint8 { return uint8(x) }

// FloatToUint16 is uint16(x).
func FloatToUint16(x float64) uint16 { return uint16(x) }

// FloatToUint32 is uint32(x).
func FloatToUint32(x float64) uint32 { return uint32(x) }
