package main

import (
	"strings"
	"testing"

	"graphlake/views"
)

func TestPageOfMetrics(t *testing.T) {
	text, err := fill(metrics, topics(views.Metrics()))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, m := range views.Metrics() {
		if strings.Count(page, "\n### "+m.Name+"\n") != 1 {
			t.Errorf("%s has no heading, or several", m.Name)
		}
		if m.Definition == "" || !strings.Contains(page, m.Definition) {
			t.Errorf("%s has no definition", m.Name)
		}
	}
	for _, want := range []string{
		"| key | `tenant_id`, `dt`, `call_id` |",
		"| reads | `metric_queue_journeys` (`direct_routing_calls`) |",
		"| reads | (`chat_messages`, `channel_messages`, `chats_current`) |",
		"FROM metric_streams\nGROUP BY tenant_id, dt, call_id\n```",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
}
