package erase

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"graphlake/internal/trial/command"
)

// person is a user with all keys that nobody else has.
type person struct {
	id     string
	keys   []string
	shares bool // others have one of their keys too
}

// properties of a user that are a key, or a list of keys.
var properties = []string{
	"id", "userPrincipalName", "mail", "otherMails", "proxyAddresses", "imAddresses", "businessPhones", "mobilePhone", "displayName",
	"mailNickname", "employeeId", "onPremisesSamAccountName", "onPremisesImmutableId", "onPremisesUserPrincipalName",
}

// everybody asks Graph itself, and not the lake, who there is.
func everybody(ctx context.Context, at string) (all []person, err error) {
	for next := at + "/v1.0/users/delta?$select=" + strings.Join(properties, ","); next != ""; {
		var answer struct {
			Value []map[string]any
			Next  string `json:"@odata.nextLink"`
		}
		if err := get(ctx, next, &answer); err != nil {
			return nil, err
		}
		for _, user := range answer.Value {
			p := person{}
			for _, name := range properties {
				p.keys = append(p.keys, texts(user[name])...)
			}
			p.id = p.keys[0]
			slices.Sort(p.keys)
			p.keys = slices.Compact(p.keys)
			all = append(all, p)
		}
		next = answer.Next
	}
	return own(all), nil
}

func get(ctx context.Context, url string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+command.Token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("Graph answers %s", answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

func texts(value any) (all []string) {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		for _, one := range value {
			all = append(all, texts(one)...)
		}
	}
	return all
}

// own leaves to each the keys that are in no key of another.
func own(all []person) []person {
	var left []person
	for i, p := range all {
		keys := slices.DeleteFunc(slices.Clone(p.keys), func(key string) bool {
			return slices.ContainsFunc(all, func(other person) bool {
				return other.id != all[i].id && slices.ContainsFunc(other.keys, func(k string) bool {
					return strings.Contains(lowered(k), lowered(key))
				})
			})
		})
		left = append(left, person{p.id, keys, len(keys) < len(p.keys)})
	}
	return left
}

// given is how whoever asks for a person names them: each of them in another way.
func (p person) given(n int) string {
	keys := slices.DeleteFunc(slices.Clone(p.keys), func(k string) bool { return !strings.ContainsAny(k, "@+ ") })
	if n%4 == 0 || len(keys) == 0 {
		return p.id
	}
	switch key := keys[n%len(keys)]; {
	case strings.HasPrefix(key, "+"): // as people write it
		return key[:3] + " (" + key[3:6] + ") " + key[6:8] + "-" + key[8:]
	case strings.Contains(key, "@") && n%2 == 0:
		return "SIP:" + strings.ToUpper(key)
	default:
		return key
	}
}
