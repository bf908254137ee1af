package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
)

// cost is what the night is for Temporal.
type cost struct {
	night   size
	days    []size         // of the tenants
	actions int            // as Temporal Cloud counts them, without heartbeats
	calls   map[string]int // of the server, by method
}

// size is that of a history.
type size struct{ events, bytes int64 }

// costOf reads the histories of the night, and of the days of its tenants.
func costOf(ctx context.Context, c client.Client, night string, want int) (all cost, err error) {
	waiting := []string{night}
	for len(waiting) > 0 {
		id := waiting[0]
		waiting = waiting[1:]
		of, children, actions, err := read(ctx, c, id)
		if err != nil {
			return all, err
		}
		all.actions += actions
		if id == night {
			all.night = of
		} else if len(children) == 0 {
			all.days = append(all.days, of)
		}
		waiting = append(waiting, children...)
	}
	if len(all.days) != want {
		return all, fmt.Errorf("%d tenants have had a day, of %d", len(all.days), want)
	}
	return all, nil
}

// read reads a history: its size, the ids of the workflows that it has started, and its actions.
func read(ctx context.Context, c client.Client, id string) (of size, children []string, actions int, err error) {
	d, err := c.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return of, nil, 0, err
	}
	of = size{d.GetWorkflowExecutionInfo().GetHistoryLength(), d.GetWorkflowExecutionInfo().GetHistorySizeBytes()}
	actions = 1 // its start
	for events := c.GetWorkflowHistory(ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
		e, err := events.Next()
		if err != nil {
			return of, nil, 0, err
		}
		if started := e.GetChildWorkflowExecutionStartedEventAttributes(); started != nil {
			children = append(children, started.GetWorkflowExecution().GetWorkflowId())
		}
		actions += actionsOf(e)
	}
	if of.events == 0 {
		return of, nil, 0, errors.New("a history without events")
	}
	return of, children, actions, nil
}

// actionsOf counts the actions of an event as Temporal Cloud has published it (docs.temporal.io/cloud/actions). Of a child there are two,
// one here and its own start. Heartbeats are no events; versions of workflows and memos are no actions.
func actionsOf(e *history.HistoryEvent) int {
	switch e.GetEventType() {
	case enums.EVENT_TYPE_ACTIVITY_TASK_STARTED:
		return int(e.GetActivityTaskStartedEventAttributes().GetAttempt())
	case enums.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED, enums.EVENT_TYPE_TIMER_STARTED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
		enums.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
		return 1
	case enums.EVENT_TYPE_MARKER_RECORDED:
		if e.GetMarkerRecordedEventAttributes().GetMarkerName() == "SideEffect" {
			return 1
		}
	}
	return 0
}

// heartbeats are those that came to the server.
const heartbeats = "RecordActivityTaskHeartbeat"

// printCost says what a tenant costs Temporal.
func (m night) printCost() {
	var events, bytes []int64
	for _, d := range m.cost.days {
		events, bytes = append(events, d.events), append(bytes, d.bytes)
	}
	e, b := spreadOf(events), spreadOf(bytes)
	fmt.Printf("history: of the night %d events, %d kB; of a tenant's day %d events (at most %d), %d kB (at most %d)\n",
		m.cost.night.events, m.cost.night.bytes/1000, e.median, e.most, b.median/1000, b.most/1000)
	n, all := float64(m.tenants), 0
	methods := slices.SortedFunc(maps.Keys(m.cost.calls), func(a, b string) int { return cmp.Compare(m.cost.calls[b], m.cost.calls[a]) })
	var most []string
	for i, method := range methods {
		if all += m.cost.calls[method]; i < 8 {
			most = append(most, fmt.Sprintf("%s %.1f", method, float64(m.cost.calls[method])/n))
		}
	}
	fmt.Printf("a tenant: %.1f actions and %.1f heartbeats, %.0f calls of the server (%s), %.2f s of its CPU; %.1f calls a second\n",
		float64(m.cost.actions)/n, float64(m.cost.calls[heartbeats])/n, float64(all)/n, strings.Join(most, ", "), m.cpu.temporal.Seconds()/n, float64(all)/m.wall.Seconds())
}
