package reqs

import "strings"

// Block is what a requirements file says in one or, with backslashes, several
// lines: a requirement, an option, a comment or nothing.
type Block struct {
	Text        string // as it stands in the file, with its line ends
	Requirement string // without hashes and comment; "" if it is none
}

// Blocks takes the text of a requirements file apart; all Texts together are the
// text.
func Blocks(text string) []Block {
	var all []Block
	var open string
	for line := range strings.Lines(text) {
		open += line
		if strings.HasSuffix(strings.TrimRight(comments.ReplaceAllString(line, ""), "\r\n"), `\`) {
			continue
		}
		all = append(all, Block{open, requirement(open)})
		open = ""
	}
	if open != "" {
		all = append(all, Block{open, requirement(open)})
	}
	return all
}

func requirement(text string) string {
	lines := logicalLines(text)
	if len(lines) == 0 || strings.HasPrefix(lines[0], "-") {
		return ""
	}
	return hashOption.ReplaceAllString(lines[0], "")
}

// Replace returns the text with the requirement old replaced by fresh, or taken
// out if fresh is "", or fresh added at the end if old is "". Comments on its line
// stay, hashes of the old one go.
func Replace(text, old, fresh string) string {
	var out strings.Builder
	newline := "\n"
	if strings.Contains(text, "\r\n") {
		newline = "\r\n"
	}
	for _, block := range Blocks(text) {
		switch {
		case old == "" || block.Requirement != old:
			out.WriteString(block.Text)
		case fresh != "":
			out.WriteString(fresh + trailingComment(block.Text) + newline)
		}
	}
	if old != "" {
		return out.String()
	}
	if out.Len() > 0 && !strings.HasSuffix(out.String(), "\n") {
		out.WriteString(newline)
	}
	return out.String() + fresh + newline
}

// trailingComment is the comment at the end of a line, with what separates it.
func trailingComment(text string) string {
	text = strings.TrimRight(text, "\r\n")
	if at := comments.FindStringIndex(text); at != nil {
		start := len(strings.TrimRight(text[:at[0]], " \t"))
		return text[start:]
	}
	return ""
}
