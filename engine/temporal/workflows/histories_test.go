package workflows_test

import (
	"bytes"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	enums "go.temporal.io/api/enums/v1"
	history "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"graphlake/engine/temporal/workflows"
)

// Histories that a real server has kept, of each release: what it has begun, the workflows of today must go on with. They are
// recorded by servertest.test -record, and those of earlier releases stay.
func recorded(t *testing.T) map[string]*history.History {
	t.Helper()
	files, err := filepath.Glob("testdata/histories/*.json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*history.History{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		h, err := client.HistoryFromJSON(bytes.NewReader(text), client.HistoryJSONOptions{})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = h
	}
	return all
}

func typeOf(h *history.History) string {
	return h.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().GetName()
}

func replay(w *workflows.Workflows, h *history.History) error {
	replayer := worker.NewWorkflowReplayer()
	w.Register(replayer)
	started := h.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes()
	return replayer.ReplayWorkflowHistoryWithOptions(sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)), h, worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: started.GetWorkflowId(), RunID: started.GetOriginalExecutionRunId()}, // the ids of children begin with it
	})
}

func TestHistories(t *testing.T) {
	missing := []string{workflows.NightWorkflow, workflows.TenantDayWorkflow, workflows.BackfillWorkflow, workflows.ReplayWorkflow, workflows.OnboardWorkflow}
	var another, red bool
	all := recorded(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		h := all[name]
		t.Run(name, func(t *testing.T) {
			if err := replay(&workflows.Workflows{Policy: workflows.DefaultPolicy()}, h); err != nil {
				t.Error(err)
			}
		})
		missing = slices.DeleteFunc(missing, func(of string) bool { return of == typeOf(h) })
		opened := 0
		for _, e := range h.GetEvents() {
			if e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName() == workflows.OpenActivity {
				opened++
			}
		}
		another = another || opened > 1
		red = red || h.GetEvents()[len(h.GetEvents())-1].GetEventType() == enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED
	}
	if len(missing) > 0 || !another || !red {
		t.Errorf("no history of %q; one with a second round: %v; one that has failed: %v", missing, another, red)
	}
}

// A change of the order that no version marks is found: the replay has teeth.
func TestHistoryOfAnotherOrder(t *testing.T) {
	for name, h := range recorded(t) {
		if typeOf(h) != workflows.TenantDayWorkflow {
			continue
		}
		for _, e := range h.GetEvents() {
			if a := e.GetActivityTaskScheduledEventAttributes(); a.GetActivityType().GetName() == workflows.HoldActivity {
				a.ActivityType.Name = workflows.CloseActivity // as if it had been closed where it is held now
				if err := replay(&workflows.Workflows{Policy: workflows.DefaultPolicy()}, h); err == nil {
					t.Errorf("%s: replayed, though its order is another", name)
				}
				break
			}
		}
	}
}

// A field of an input that only newer workers know leaves the old histories alone, and one that they do not know is no error.
func TestHistoryWithUnknownField(t *testing.T) {
	for name, h := range recorded(t) {
		started := h.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes()
		for _, p := range started.GetInput().GetPayloads() {
			p.Data = bytes.Replace(p.GetData(), []byte(`{"lake"`), []byte(`{"of_tomorrow":1,"lake"`), 1)
		}
		if err := replay(&workflows.Workflows{Policy: workflows.DefaultPolicy()}, h); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
