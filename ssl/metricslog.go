package ssl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strconv"

	"github.com/gossl/gossl/ssl/internal/durable"
)

// ReadMetrics reads the metrics of a run that is kept in a directory, by [Run.Keep]: also
// while another process trains it, and after a crash. Steps that were done again after a
// crash, or after the run went back, count once, as they were done last.
func ReadMetrics(dir string) (Metrics, error) {
	lines, err := durable.Read(filepath.Join(dir, metricsFile))
	if err != nil {
		return Metrics{}, fmt.Errorf("metrics of %s: %w", dir, err)
	}
	return readMetrics(lines), nil
}

// line is a step's metrics as a JSON object; a metric that the step lacks is left out.
func (m Metrics) line(step int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"step":%d`, step)
	for _, name := range m.Names() {
		series := m.Values[name]
		i := step - m.First
		if i >= len(series) || math.IsNaN(series[i]) || name == "step" {
			continue
		}
		key, _ := json.Marshal(name)
		value := strconv.FormatFloat(series[i], 'g', -1, 64)
		if math.IsInf(series[i], 0) {
			value = strconv.Quote(value)
		}
		fmt.Fprintf(&b, ",%s:%s", key, value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// readMetrics is the reverse of line, for lines in the order in which they were written: a
// step that comes again takes the place of its earlier line and of all after it.
func readMetrics(lines [][]byte) Metrics {
	m := Metrics{First: 1, Values: map[string][]float64{}}
	for i, line := range lines {
		var members map[string]any
		if json.Unmarshal(line, &members) != nil {
			continue // it has the right checksum and is not ours
		}
		at, ok := members["step"].(float64)
		if !ok {
			continue
		}
		delete(members, "step")
		if i == 0 {
			m.First = int(at)
		}
		m = m.until(int(at) - 1)
		values := map[string]float64{}
		for name, v := range members {
			switch v := v.(type) {
			case float64:
				values[name] = v
			case string:
				if f, err := strconv.ParseFloat(v, 64); err == nil {
					values[name] = f
				}
			}
		}
		m.record(values)
	}
	return m
}

// end is the number of the last step measured.
func (m Metrics) end() int { return m.First + m.Len() - 1 }

// mean of a metric over the steps from one to another, of those that have it; NaN for none.
func (m Metrics) mean(name string, from, to int) float64 {
	series, sum, n := m.Values[name], 0.0, 0
	for step := max(from, m.First); step <= to && step-m.First < len(series); step++ {
		if v := series[step-m.First]; !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	return sum / float64(n)
}
