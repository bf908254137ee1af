package erased_test

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// What somebody was called on days of which only tables are left, is theirs as well.
func TestDirectoryOfDaysWithoutRaw(t *testing.T) {
	store := memstore.New()
	picture(t, store, 17, `{"id":"`+ada+`","displayName":"Ada Lee","mail":"ada@contoso.example"}`)
	table := schemas.Users.Root()
	cells := map[string]string{
		"user_id": ada, "display_name": "Ada Byron", "mail": "byron@contoso.example", "proxy_addresses": `["SMTP:byron@contoso.example","smtp:a.b@contoso.example"]`,
		"business_phones": `["+1 425 555 0100"]`, "on_premises_sam_account_name": "abyron",
	}
	for _, day := range []int{16, 17} {
		rows := array.NewRecordBuilder(memory.DefaultAllocator, table.Schema())
		for i, c := range table.Columns {
			if text, ok := rows.Field(i).(*array.StringBuilder); ok && cells[c.Name] != "" {
				text.Append(cells[c.Name])
			} else {
				rows.Field(i).AppendNull()
			}
		}
		publish(t, store, partition(load.Tables, table, day), table, rows)
		rows.Release()
	}
	d := directory(t, privacy.Settings{}, store)
	for _, given := range []string{"Ada Lee", "Ada Byron", "byron@contoso.example", "a.b@contoso.example", "+1 425 555 0100"} {
		if p, err := d.Find(given); err != nil || p.ID != ada {
			t.Errorf("%s is %q, %v", given, p.ID, err)
		}
	}
}
