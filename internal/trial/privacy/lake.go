package privacy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"graphlake/internal/trial/command"
	"graphlake/schemas"
)

// graphlake is the command with a lake in a mode, in a directory of its own.
func graphlake(bin, dir, url string, m mode) command.Client {
	return command.Client{
		Bin: bin, Dir: dir, URL: url, Rate: command.Unhindered, Jobs: m.settings(), Delta: m.delta,
		Environment: []string{"GRAPHLAKE_PSEUDONYM_KEY=" + key},
	}
}

// inLog is in the names of the logs of Delta tables.
const inLog = "/_delta_log/"

// someWait is the exit status of a run that is done, but for records that nobody can read.
const someWait = 4

// run runs a command, and gives all that it printed.
func run(cmd *exec.Cmd) (printed []byte, err error) {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == someWait {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("%s: %w\n%.4000s", strings.Join(cmd.Args, " "), err, out.Bytes())
	}
	return out.Bytes(), err
}

// readInto reads all datasets into a lake of a mode, and says for each canary in which object it is.
func readInto(ctx context.Context, bin, url string, m mode, datasets schemas.Set) (found map[string]string, err error) {
	dir, err := os.MkdirTemp("", "privacy")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	client := graphlake(bin, dir, url, m)
	found = map[string]string{}
	search := func(text []byte, object string) {
		for _, c := range canary.FindAll(bytes.ToLower(text), -1) {
			if found[string(c)] == "" || strings.Contains(object, inLog) {
				found[string(c)] = object
			}
		}
	}
	flags := []string{"run", "--now", now.Format("2006-01-02T15:04:05Z")}
	for _, d := range datasets {
		flags = append(flags, "--dataset", d.Name)
	}
	for _, args := range [][]string{flags, {"status"}, {"audit"}, {"runs"}} {
		cmd, err := client.Command(ctx, args...)
		if err != nil {
			return nil, err
		}
		printed, err := run(cmd)
		if err != nil && args[0] == "run" { // the others may find what they like
			return nil, err
		}
		search(printed, "what "+args[0]+" prints")
	}
	lake := filepath.Join(dir, "lake")
	err = filepath.WalkDir(lake, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		object, _ := filepath.Rel(lake, name)
		object, _, _ = strings.Cut(filepath.ToSlash(object), "/tenant_id=")
		search(text, object)
		if strings.HasSuffix(name, ".parquet") {
			return eachText(ctx, text, func(v string) { search([]byte(v), object) })
		}
		return nil
	})
	return found, err
}

// eachText visits the values of a Parquet file, as text.
func eachText(ctx context.Context, text []byte, visit func(string)) error {
	parquet, err := file.NewParquetReader(bytes.NewReader(text))
	if err != nil {
		return err
	}
	defer parquet.Close()
	reader, err := pqarrow.NewFileReader(parquet, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	table, err := reader.ReadTable(ctx)
	if err != nil {
		return err
	}
	defer table.Release()
	for i := range int(table.NumCols()) {
		for _, chunk := range table.Column(i).Data().Chunks() {
			for row := range chunk.Len() {
				if chunk.IsValid(row) {
					visit(chunk.ValueStr(row))
				}
			}
		}
	}
	return nil
}
