package contract

import (
	"time"

	"github.com/google/uuid"
	"github.com/microsoft/kiota-abstractions-go/serialization"
)

// kind is what Microsoft's models read a field as.
type kind string

const (
	text      kind = "text"
	boolean   kind = "boolean"
	int32s    kind = "int32"
	int64s    kind = "int64"
	float     kind = "float" // Graph's decimals too
	instant   kind = "instant"
	timeOfDay kind = "time of day"
	duration  kind = "duration"
	enum      kind = "enum"
	object    kind = "object"
)

// field is what a model says of one of its fields.
type field struct {
	kind    kind
	many    bool
	factory serialization.ParsableFactory // of an object
}

// node stands for a JSON value that is not there. A model that is let loose on it tells by the
// method that it calls what it expects.
type node struct {
	serialization.ParseNode // what no field of ours calls
	field                   field
	odataType               string // of the object that the node stands for
}

// ask is what a model expects in a field.
func ask(read func(serialization.ParseNode) error) (field, error) {
	var n node
	err := read(&n)
	return n.field, err
}

func (n *node) is(k kind) { n.field.kind = k }

// A factory looks for "@odata.type" to choose among the derived types.
func (n *node) GetChildNode(string) (serialization.ParseNode, error) {
	return &node{odataType: n.odataType}, nil
}

func (n *node) GetStringValue() (*string, error) {
	n.is(text)
	if n.odataType == "" {
		return nil, nil
	}
	return &n.odataType, nil
}

func (n *node) GetUUIDValue() (*uuid.UUID, error)  { n.is(text); return nil, nil }
func (n *node) GetBoolValue() (*bool, error)       { n.is(boolean); return nil, nil }
func (n *node) GetInt32Value() (*int32, error)     { n.is(int32s); return nil, nil }
func (n *node) GetInt64Value() (*int64, error)     { n.is(int64s); return nil, nil }
func (n *node) GetFloat32Value() (*float32, error) { n.is(float); return nil, nil }
func (n *node) GetFloat64Value() (*float64, error) { n.is(float); return nil, nil }
func (n *node) GetTimeValue() (*time.Time, error)  { n.is(instant); return nil, nil }

// A stream is a document of its own, whose bytes no column holds.
func (n *node) GetByteArrayValue() ([]byte, error) { n.is(text); return nil, nil }

func (n *node) GetTimeOnlyValue() (*serialization.TimeOnly, error) { n.is(timeOfDay); return nil, nil }

func (n *node) GetISODurationValue() (*serialization.ISODuration, error) {
	n.is(duration)
	return nil, nil
}

func (n *node) GetEnumValue(serialization.EnumFactory) (any, error) { n.is(enum); return nil, nil }

func (n *node) GetObjectValue(f serialization.ParsableFactory) (serialization.Parsable, error) {
	n.field = field{kind: object, factory: f}
	return nil, nil
}

func (n *node) GetCollectionOfObjectValues(f serialization.ParsableFactory) ([]serialization.Parsable, error) {
	n.field = field{kind: object, many: true, factory: f}
	return nil, nil
}

func (n *node) GetCollectionOfPrimitiveValues(string) ([]any, error) {
	n.field = field{kind: text, many: true}
	return nil, nil
}

func (n *node) GetCollectionOfEnumValues(serialization.EnumFactory) ([]any, error) {
	n.field = field{kind: enum, many: true}
	return nil, nil
}
