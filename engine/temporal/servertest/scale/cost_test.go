package main

import (
	"testing"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
)

func TestActions(t *testing.T) {
	for _, c := range []struct {
		event *history.HistoryEvent
		want  int
	}{
		{&history.HistoryEvent{EventType: enums.EVENT_TYPE_TIMER_STARTED}, 1},
		{&history.HistoryEvent{EventType: enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED}, 0},
		{&history.HistoryEvent{EventType: enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED}, 0},
		{&history.HistoryEvent{
			EventType:  enums.EVENT_TYPE_ACTIVITY_TASK_STARTED,
			Attributes: &history.HistoryEvent_ActivityTaskStartedEventAttributes{ActivityTaskStartedEventAttributes: &history.ActivityTaskStartedEventAttributes{Attempt: 3}},
		}, 3},
		{marker("SideEffect"), 1},
		{marker("Version"), 0},
	} {
		if got := actionsOf(c.event); got != c.want {
			t.Errorf("%v: %d actions, want %d", c.event, got, c.want)
		}
	}
}

func marker(name string) *history.HistoryEvent {
	return &history.HistoryEvent{
		EventType:  enums.EVENT_TYPE_MARKER_RECORDED,
		Attributes: &history.HistoryEvent_MarkerRecordedEventAttributes{MarkerRecordedEventAttributes: &history.MarkerRecordedEventAttributes{MarkerName: name}},
	}
}
