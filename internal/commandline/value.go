package commandline

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// A Value fills in a field of one of these types, or a list of the first one: string, bool, int, int64, float64,
// time.Duration, and what is an [encoding.TextUnmarshaler].
type Value struct {
	Enum []string // the values that there are; none: any

	field       reflect.Value
	placeholder string
	whole       bool // a list is not split at commas
	given       bool // what is there is not the default
}

func newValue(field reflect.Value, t tags) *Value {
	v := &Value{field: field, placeholder: t.text("placeholder"), whole: t.text("sep") == "none"}
	if enum := t.text("enum"); enum != "" {
		v.Enum = strings.Split(enum, ",")
	}
	if initially := t.text("default"); initially != "" {
		if err := v.Set(initially); err != nil {
			panic(fmt.Sprintf("%s: its default: %v", t.field.Name, err))
		}
		v.given = false
	}
	return v
}

// IsList reports whether the field takes more than one.
func (v *Value) IsList() bool { return v.field.Kind() == reflect.Slice }

func (v *Value) isBool() bool { return v.field.Kind() == reflect.Bool }

func (v *Value) String() string {
	if v == nil || !v.field.IsValid() { // as pflag asks of a zero one
		return ""
	}
	return fmt.Sprint(v.field.Interface())
}

// Type is what the help calls the value.
func (v *Value) Type() string {
	switch {
	case v.isBool():
		return "bool" // which pflag does not show
	case v.placeholder != "" && v.IsList() && !v.whole:
		return v.placeholder + ",..."
	case v.placeholder != "":
		return v.placeholder
	case len(v.Enum) > 0:
		return strings.Join(v.Enum, "|")
	case v.field.Type() == reflect.TypeFor[time.Duration]():
		return "DURATION"
	case v.field.CanInt() || v.field.CanFloat():
		return "NUMBER"
	}
	return strings.ToUpper(v.field.Kind().String())
}

// Set reads a text into the field. Of a list it adds to what was given before. None is empty: --tenant "$TENANT" may not
// mean all tenants where the variable is not set.
func (v *Value) Set(text string) error {
	if text == "" && (!v.IsList() || !v.whole) {
		return errors.New("the value is empty, perhaps because a variable is: give one, or leave it out")
	}
	if v.IsList() {
		list := []string{text}
		if !v.whole {
			if list = strings.Split(text, ","); slices.Contains(list, "") {
				return fmt.Errorf("%q has an empty part: want them as a,b", text)
			}
		}
		if v.given {
			list = slices.Concat(v.field.Interface().([]string), list)
		}
		v.field.Set(reflect.ValueOf(list))
		v.given = true
		return nil
	}
	if err := v.read(text); err != nil {
		return err
	}
	v.given = true
	if len(v.Enum) > 0 && !slices.Contains(v.Enum, text) {
		there := slices.DeleteFunc(slices.Clone(v.Enum), func(value string) bool { return value == "" })
		return fmt.Errorf(`must be one of "%s" but got %q`, strings.Join(there, `","`), text)
	}
	return nil
}

func (v *Value) read(text string) error {
	if own, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.field.Addr()); ok {
		return own.UnmarshalText([]byte(text))
	}
	var err error
	switch kind := v.field.Kind(); {
	case v.field.Type() == reflect.TypeFor[time.Duration]():
		var d time.Duration
		if d, err = time.ParseDuration(text); err != nil {
			return fmt.Errorf("%q is no duration, as 90s or 2h", text)
		}
		v.field.SetInt(int64(d))
	case kind == reflect.String:
		v.field.SetString(text)
	case kind == reflect.Bool:
		var b bool
		if b, err = strconv.ParseBool(text); err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		v.field.SetBool(b)
	case kind == reflect.Int || kind == reflect.Int64:
		var n int64
		if n, err = strconv.ParseInt(text, 10, v.field.Type().Bits()); err != nil {
			return fmt.Errorf("%q is no whole number", text)
		}
		v.field.SetInt(n)
	case kind == reflect.Float64:
		var x float64
		if x, err = strconv.ParseFloat(text, 64); err != nil {
			return fmt.Errorf("%q is no number", text)
		}
		v.field.SetFloat(x)
	default:
		panic(fmt.Sprintf("a flag cannot be a %s", v.field.Type()))
	}
	return nil
}

var _ pflag.Value = (*Value)(nil)
