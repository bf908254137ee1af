package delta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"
)

// An action is one line of an entry: the one member that is there. Others than these, as cdc and domainMetadata, ask
// nothing of a writer of our protocol, and are passed over.
type action struct {
	CommitInfo *commitInfo `json:"commitInfo,omitempty"`
	Protocol   *protocol   `json:"protocol,omitempty"`
	MetaData   *metaData   `json:"metaData,omitempty"`
	Txn        *txn        `json:"txn,omitempty"`
	Remove     *remove     `json:"remove,omitempty"`
	Add        *add        `json:"add,omitempty"`
}

// commitInfo tells readers of the history what a commit was. Its form is each writer's own.
type commitInfo struct {
	Timestamp           int64             `json:"timestamp"`
	Operation           string            `json:"operation"`
	OperationParameters map[string]string `json:"operationParameters,omitempty"`
	EngineInfo          string            `json:"engineInfo"`
	IsBlindAppend       bool              `json:"isBlindAppend"`
	TxnID               string            `json:"txnId"`
}

// UnmarshalJSON takes the id and the time, for they alone are looked at, and what has another form for none.
func (c *commitInfo) UnmarshalJSON(data []byte) error {
	var of struct{ TxnID, Timestamp any }
	if json.Unmarshal(data, &of) == nil {
		c.TxnID, _ = of.TxnID.(string)
		at, _ := of.Timestamp.(float64) // milliseconds, which it holds for some thousand centuries
		c.Timestamp = int64(at)
	}
	return nil
}

type protocol struct {
	MinReaderVersion int      `json:"minReaderVersion"`
	MinWriterVersion int      `json:"minWriterVersion"`
	ReaderFeatures   []string `json:"readerFeatures,omitempty"`
	WriterFeatures   []string `json:"writerFeatures,omitempty"`
}

type metaData struct {
	ID               string            `json:"id"`
	Name             string            `json:"name,omitempty"`
	Description      string            `json:"description,omitempty"`
	Format           format            `json:"format"`
	SchemaString     string            `json:"schemaString"`
	PartitionColumns []string          `json:"partitionColumns"`
	Configuration    map[string]string `json:"configuration"`
	CreatedTime      int64             `json:"createdTime,omitempty"`
}

type format struct {
	Provider string            `json:"provider"`
	Options  map[string]string `json:"options"`
}

// txn counts the writes of an app.
type txn struct {
	AppID       string `json:"appId"`
	Version     int64  `json:"version"`
	LastUpdated int64  `json:"lastUpdated,omitempty"`
}

// add makes a file live. Its path is as the protocol has it, see [encodePath].
type add struct {
	Path             string          `json:"path"`
	PartitionValues  partitionValues `json:"partitionValues"`
	Size             int64           `json:"size"`
	ModificationTime int64           `json:"modificationTime"`
	DataChange       bool            `json:"dataChange"`
	Stats            string          `json:"stats,omitempty"`
	DeletionVector   *struct{}       `json:"deletionVector,omitempty"` // of a protocol that is not ours
}

// remove makes a file a tombstone. The values and the size are there if ExtendedFileMetadata says so.
type remove struct {
	Path                 string          `json:"path"`
	DeletionTimestamp    int64           `json:"deletionTimestamp"`
	DataChange           bool            `json:"dataChange"`
	ExtendedFileMetadata bool            `json:"extendedFileMetadata,omitempty"`
	PartitionValues      partitionValues `json:"partitionValues,omitempty"`
	Size                 int64           `json:"size,omitempty"`
}

// partitionValues are the values of the partition columns as text. The protocol takes "" for null, and so is null "" here.
type partitionValues map[string]string

func (p partitionValues) MarshalJSON() ([]byte, error) {
	values := make(map[string]*string, len(p))
	for column, value := range p {
		values[column] = nil
		if value != "" {
			values[column] = &value
		}
	}
	return json.Marshal(values)
}

// parseActions reads an entry: a JSON object on each line.
func parseActions(data []byte) ([]action, error) {
	var actions []action
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var a action
		if err := json.Unmarshal(line, &a); err != nil {
			return nil, fmt.Errorf("line %d is no action: %w", n+1, err)
		}
		actions = append(actions, a)
	}
	return actions, nil
}

// formatActions is the inverse of parseActions.
func formatActions(actions []action) ([]byte, error) {
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	lines.SetEscapeHTML(false)
	for _, a := range actions {
		if err := lines.Encode(a); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// pathOf is the path below the table's root that an action's path means. Absolute ones, which lead out of the table, it refuses.
func pathOf(encoded string) (string, error) {
	path, err := url.PathUnescape(encoded)
	if err != nil {
		return "", foreign("the path of its file %q is not encoded as one", encoded)
	}
	scheme, _, found := strings.Cut(encoded, ":")
	if !fs.ValidPath(path) || path == "." || found && !strings.Contains(scheme, "/") {
		return "", foreign("its file %q lies outside of it", encoded)
	}
	return path, nil
}

// encodePath writes a path as an action has it: as the path of a URL, in which what a file name has of "%" is a "%25".
func encodePath(path string) string { return (&url.URL{Path: path}).EscapedPath() }

func millis(t time.Time) int64 { return t.UnixMilli() }

// instant is the inverse of millis; the zero time of 0, which others write for what they do not know.
func instant(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}
