package device

// Pin is one plugin that [Store.Install] can install, fixed to the byte: the version,
// where its parts come from, and their SHA-256.
type Pin struct {
	Name      string // what `gossl backend install` is given
	Platform  string // GOOS/GOARCH that it runs on
	Device    string // "cpu", "cuda" or "tpu"
	Publisher string // who built it
	Licence   string // SPDX identifier, or where the terms stand
	Plugin    string // path of the PJRT library below the folder the parts are unpacked into
	Note      string // why it is in the table
	Parts     []Part // Python wheels, unpacked one over the other
}

// Part is one Python wheel of a [Pin].
type Part struct {
	Package, Version string // on the Python package index
	URL              string // the index's permanent address of this very file
	Size             int64  // bytes
	SHA256           string // of the wheel, in hex
}

// Version is that of the part which holds the PJRT library, the first.
func (p Pin) Version() string { return p.Parts[0].Package + " " + p.Parts[0].Version }

// Size is what there is to download, in bytes.
func (p Pin) Size() (n int64) {
	for _, part := range p.Parts {
		n += part.Size
	}
	return n
}

// Pins is the table of what can be installed. Each size and SHA-256 was read from the
// index's JSON on 2026-11-24; those of the x86-64 plugins were found equal to those of the
// downloaded files, both of which have trained with ssl/bench. The one for arm64 was not
// run.
//
// GoMLX's own releases of the CPU plugin (github.com/gomlx/pjrt-cpu-binaries, which
// go-xla v0.4.1 installs as v0.114.0) are not in the table: go-xla carries no hash for
// them ("no hash for github releases" in its installer/cpu.go) and no other source of one
// is known to us, so what is downloaded could not be checked. Where go-xla's own
// installer has put one, in ~/.local/lib/go-xla, it is found and used.
var Pins = append([]Pin{
	{
		Name: "cpu", Platform: "linux/amd64", Device: "cpu", Publisher: "The OpenXLA Authors", Licence: "Apache-2.0 (OpenXLA's; the wheel states none)",
		Plugin: "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
		Note:   "the default: built by the authors of XLA, for both architectures",
		Parts: []Part{{"xla-cpu-pjrt", "0.0.1",
			"https://files.pythonhosted.org/packages/5d/ca/5487881b30d07396c168749ead36f57dbc4538cafdc535943afc81b3e5a2/xla_cpu_pjrt-0.0.1-py3-none-manylinux_2_27_x86_64.whl",
			63461052, "55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc"}},
	},
	{
		Name: "cpu", Platform: "linux/arm64", Device: "cpu", Publisher: "The OpenXLA Authors", Licence: "Apache-2.0 (OpenXLA's; the wheel states none)",
		Plugin: "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
		Note:   "the default: built by the authors of XLA, for both architectures",
		Parts: []Part{{"xla-cpu-pjrt", "0.0.1",
			"https://files.pythonhosted.org/packages/c9/2d/2c6703356beded886d95f9e37adb49aeca7b21e7617f2ff59893f038f61e/xla_cpu_pjrt-0.0.1-py3-none-manylinux_2_27_aarch64.whl",
			49514947, "8f613be6e891858f40d64f9799319502fff42689661944fc18a6ffd8210b30c9"}},
	},
	{
		Name: "cpu-jaxlib", Platform: "linux/amd64", Device: "cpu", Publisher: "the authors of lammps-jax", Licence: "Apache-2.0",
		Plugin: "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
		Note:   "newer: the XLA of jaxlib 0.11.2, built by a third party; about 10 % faster where it was measured",
		Parts: []Part{{"lammps-jax-pjrt-cpu", "0.11.2",
			"https://files.pythonhosted.org/packages/e5/90/f04e5ea9e56f01965b4cd56bc3cf4801a563cd47b74d4ded5780f19c3a7c/lammps_jax_pjrt_cpu-0.11.2-py3-none-manylinux_2_27_x86_64.whl",
			62711338, "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1"}},
	},
}, acceleratorPins...)
