package script

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Format is a file format of notebooks.
type Format string

// The formats, named as their files end.
const (
	Percent Format = ".go"    // cells behind "// %%", Jupytext's percent format
	IPYNB   Format = ".ipynb" // Jupyter's own, with outputs
	MD      Format = ".md"    // Markdown with ```go fences
)

// FormatOf returns the format that the name of a file tells. It fails for any other ending.
func FormatOf(path string) (Format, error) {
	switch f := Format(strings.ToLower(filepath.Ext(path))); f {
	case Percent, IPYNB, MD:
		return f, nil
	case ".markdown":
		return MD, nil
	}
	return "", fmt.Errorf("%s: notebooks end in .go, .ipynb or .md", path)
}

// Parse reads a notebook from text in the given format.
func Parse(text string, f Format) (*Notebook, error) {
	switch f {
	case Percent:
		return ReadPercent(text)
	case IPYNB:
		return ReadIPYNB([]byte(text))
	case MD:
		return ReadMarkdown(text)
	}
	return nil, fmt.Errorf("no such notebook format: %q", f)
}

// Text returns the notebook as a file of the given format.
func (n *Notebook) Text(f Format) (string, error) {
	switch f {
	case Percent:
		return n.WritePercent()
	case IPYNB:
		b, err := n.WriteIPYNB()
		return string(b), err
	case MD:
		return n.WriteMarkdown()
	}
	return "", fmt.Errorf("no such notebook format: %q", f)
}

// Read reads the notebook in the file path, whose name tells the format. Errors begin with the file's name.
func Read(path string) (*Notebook, error) {
	f, err := FormatOf(path)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n, err := Parse(string(text), f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return n, nil
}

// Write writes the notebook to the file path, whose name tells the format. The file is replaced at once: when writing
// fails, what was there before is still there. Cells of an .ipynb file that is replaced keep their outputs and
// identities in the new one where their source is the same and the notebook brings none of its own.
func (n *Notebook) Write(path string) error {
	f, err := FormatOf(path)
	if err != nil {
		return err
	}
	if f == IPYNB {
		if old, err := os.ReadFile(path); err == nil {
			if before, err := ReadIPYNB(old); err == nil {
				n = n.keepOutputs(before)
			}
		}
	}
	text, err := n.Text(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return writeFile(path, text)
}

// keepOutputs returns the notebook with what before knows about the same cells.
func (n *Notebook) keepOutputs(before *Notebook) *Notebook {
	known := map[string][]*Cell{}
	for _, c := range before.Cells {
		key := c.Kind.String() + "\x00" + c.Source
		known[key] = append(known[key], c)
	}
	out := *n
	out.Cells = nil
	for _, c := range n.Cells {
		key := c.Kind.String() + "\x00" + c.Source
		if same := known[key]; len(same) > 0 && c.ID == "" && c.Outputs == nil {
			copied := *c
			copied.ID, copied.Outputs, copied.ExecutionCount = same[0].ID, same[0].Outputs, same[0].ExecutionCount
			c, known[key] = &copied, same[1:]
		}
		out.Cells = append(out.Cells, c)
	}
	return &out
}

// writeFile replaces path with text, by way of a file beside it.
func writeFile(path, text string) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(tmp.Name()) // gone already when all went well
	_, err = tmp.WriteString(text)
	if err == nil {
		mode := os.FileMode(0o644)
		if old, statErr := os.Stat(path); statErr == nil {
			mode = old.Mode().Perm()
		}
		err = tmp.Chmod(mode)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w; what was there before is unchanged", path, err)
	}
	return nil
}
