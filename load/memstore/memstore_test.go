package memstore_test

import (
	"testing"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) load.Store { return memstore.New() })
}
