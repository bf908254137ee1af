package servertest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/graphsim"
)

// past is a workflow and what became of it.
type past struct {
	id, run, workflow string
	tenant            *common.Payload // its search attribute; nil: it is of no one tenant
	events            []*history.HistoryEvent
}

// pasts are all workflows that the server knows of.
func (r *rig) pasts() (all []past) {
	r.Helper()
	var page []byte
	for {
		list, err := r.client.ListWorkflow(r.Context(), &workflowservice.ListWorkflowExecutionsRequest{NextPageToken: page})
		if err != nil {
			r.Fatal(err)
		}
		for _, e := range list.GetExecutions() {
			p := past{id: e.GetExecution().GetWorkflowId(), run: e.GetExecution().GetRunId(), workflow: e.GetType().GetName(), tenant: e.GetSearchAttributes().GetIndexedFields()[workflows.TenantAttribute]}
			p.events = r.events(p.id, p.run)
			all = append(all, p)
		}
		if page = list.GetNextPageToken(); len(page) == 0 {
			return all
		}
	}
}

func (r *rig) events(id, run string) (all []*history.HistoryEvent) {
	r.Helper()
	for i := r.client.GetWorkflowHistory(r.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); i.HasNext(); {
		e, err := i.Next()
		if err != nil {
			r.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// try is a try of an activity, as far as its history tells.
type try struct {
	activity     string
	worker       *worker
	began, ended time.Time
	attempt      int32
	how          enums.EventType
	result       *common.Payloads // if it has completed
}

// tries are the activities that a worker has begun.
func (r *rig) tries(p past) (all []try) {
	names, open := map[int64]string{}, map[int64]int{}
	for _, e := range p.events {
		scheduled, ended := int64(0), e.GetEventTime().AsTime()
		switch e.GetEventType() {
		case enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			names[e.GetEventId()] = e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName()
		case enums.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			a := e.GetActivityTaskStartedEventAttributes()
			open[a.GetScheduledEventId()] = len(all)
			all = append(all, try{activity: names[a.GetScheduledEventId()], worker: r.identified(a.GetIdentity()), began: ended, attempt: a.GetAttempt()})
		case enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
			scheduled = e.GetActivityTaskCompletedEventAttributes().GetScheduledEventId()
			if i, ok := open[scheduled]; ok {
				all[i].result = e.GetActivityTaskCompletedEventAttributes().GetResult()
			}
		case enums.EVENT_TYPE_ACTIVITY_TASK_FAILED:
			scheduled = e.GetActivityTaskFailedEventAttributes().GetScheduledEventId()
		case enums.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
			scheduled = e.GetActivityTaskTimedOutEventAttributes().GetScheduledEventId()
		case enums.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
			scheduled = e.GetActivityTaskCanceledEventAttributes().GetScheduledEventId()
		}
		if i, ok := open[scheduled]; ok && scheduled > 0 {
			all[i].ended, all[i].how = ended, e.GetEventType()
		}
	}
	return all
}

// identified is the worker of an identity, which begins with the id of its process.
func (r *rig) identified(identity string) *worker {
	pid, _, _ := strings.Cut(identity, "@")
	n, err := strconv.Atoi(pid)
	if err != nil {
		return nil
	}
	return r.of(n)
}

// holds are the stretches of time in which a worker had a tenant: from an Open to the end of the Hold that follows it on the same
// worker, or to the death of the worker; and each Check.
func (r *rig) holds(all []past) (holds []tenants.Hold) {
	for _, p := range all {
		tries := r.tries(p)
		for i, a := range tries {
			if a.worker == nil || a.activity != workflows.OpenActivity && a.activity != workflows.CheckActivity {
				continue
			}
			h := tenants.Hold{Asker: tenants.Asker{Tenant: r.tenantIn(p), Worker: a.worker.name}, From: a.began, To: a.ended}
			if r.isElsewhere(a) {
				continue
			}
			if held := a.heldBy(tries[i+1:]); held != nil {
				h.To = held.ended
			} else if a.activity == workflows.OpenActivity && !a.worker.ended.IsZero() {
				h.To = a.worker.ended // before Temporal has told it to hold
			}
			if d := a.worker.ended; !d.IsZero() && d.Before(h.To) {
				h.To = d
			}
			holds = append(holds, h)
		}
	}
	return holds
}

// isElsewhere reports whether an Open has opened nothing, because another worker had the tenant.
func (r *rig) isElsewhere(a try) bool {
	var o workflows.Opened
	if a.activity != workflows.OpenActivity || a.result == nil {
		return false
	}
	if err := r.converter.FromPayloads(a.result, &o); err != nil {
		r.Fatal(err)
	}
	return o.Elsewhere != nil
}

// heldBy is the Hold of what an Open has opened, among the tries that follow.
func (a try) heldBy(later []try) *try {
	for i, b := range later {
		switch {
		case b.worker != a.worker:
		case b.activity == workflows.HoldActivity:
			return &later[i]
		case b.activity == workflows.OpenActivity:
			return nil
		}
	}
	return nil
}

// tenantIn is the tenant of a workflow, by its search attribute.
func (r *rig) tenantIn(p past) (name string) {
	if err := converter.GetDefaultDataConverter().FromPayload(p.tenant, &name); err != nil {
		r.Fatal(err)
	}
	return name
}

// tenantOf is the tenant that the id of a workflow names.
func tenantOf(id string) string {
	for part := range strings.SplitSeq(id, "/") {
		if strings.HasPrefix(part, "tenant-") {
			return part
		}
	}
	return ""
}

// overlap finds requests for a tenant while another worker had it, and those of whoever had it not.
func (r *rig) overlap(all []past) {
	r.Helper()
	asked := slices.DeleteFunc(r.graph.Log(), func(q tenants.Request) bool { return q.Worker == alone })
	together := tenants.Overlapping(asked)
	holds := r.holds(all)
	for _, q := range asked {
		if r.killed(q.Worker) { // Temporal forgets the tries of an activity but for the last: nobody else may have had the tenant at that instant
			holds = append(holds, tenants.Hold{Asker: q.Asker, From: q.Began, To: q.Began})
		}
	}
	outside, twice := tenants.Outside(asked, holds)
	total.overlapping.Add(int64(together + outside + twice))
	if together+outside+twice > 0 {
		r.Errorf("%d requests while another worker waited for the same tenant, %d outside of a hold, %d holds of a tenant at once", together, outside, twice)
	}
}

// markers occur in what may be in no payload: tokens, what was said, and addresses of people.
var markers = []string{"sesame", graphsim.SpokenMarker, "contoso.example"}

// secretive finds what no history may have.
func (r *rig) secretive(all []past) {
	r.Helper()
	for _, p := range all {
		for _, e := range p.events {
			text, err := proto.Marshal(e)
			if err != nil {
				r.Fatal(err)
			}
			for _, marker := range markers {
				if bytes.Contains(text, []byte(marker)) {
					r.Errorf("%s, event %d (%s) has %q in it", p.id, e.GetEventId(), e.GetEventType(), marker)
				}
			}
		}
	}
}

// encrypted finds what can be read without the key, but for what is searched for.
func (r *rig) encrypted(all []past) {
	r.Helper()
	for _, p := range all {
		for _, e := range p.events {
			var said []*common.Payload
			said = append(said, e.GetWorkflowExecutionStartedEventAttributes().GetInput().GetPayloads()...)
			said = append(said, e.GetWorkflowExecutionCompletedEventAttributes().GetResult().GetPayloads()...)
			said = append(said, e.GetActivityTaskScheduledEventAttributes().GetInput().GetPayloads()...)
			said = append(said, e.GetActivityTaskCompletedEventAttributes().GetResult().GetPayloads()...)
			for _, text := range said {
				if strings.HasPrefix(string(text.GetMetadata()["encoding"]), "json/") {
					r.Errorf("%s, event %d can be read: %s", p.id, e.GetEventId(), text.GetData())
				}
			}
		}
	}
}

// days are the results of all tenant days that ended well, by the id of the workflow.
func (r *rig) days(all []past) map[string]workflows.TenantDayResult {
	r.Helper()
	days := map[string]workflows.TenantDayResult{}
	for _, p := range all {
		if p.workflow != "TenantDay" {
			continue
		}
		var day workflows.TenantDayResult
		if err := r.client.GetWorkflow(r.Context(), p.id, p.run).Get(r.Context(), &day); err == nil {
			days[p.id] = day
		}
	}
	return days
}

// name is what tells a unit apart.
func (u unit) name() string {
	return fmt.Sprint(u.Tenant, " ", u.Dataset, " ", u.From.Format(time.RFC3339), " ", u.To.Format(time.RFC3339))
}

// each finds units that the days have not, or not once, and those that they have besides.
func (r *rig) each(days map[string]workflows.TenantDayResult, want []unit) {
	r.Helper()
	times := map[string]int{}
	for _, day := range days {
		for _, u := range day.Units {
			times[unit{Tenant: day.Tenant, Dataset: u.Dataset, From: u.From, To: u.To}.name()]++
			total.units.Add(1)
		}
	}
	for _, u := range want {
		if n := times[u.name()]; n != 1 {
			r.Errorf("%s is reported %d times", u.name(), n)
		}
		delete(times, u.name())
	}
	if len(times) > 0 {
		r.Errorf("graphlake knows nothing of %q", keys(times))
	}
}

// keep writes the history of a workflow for package workflows to replay, if that is asked for.
func (r *rig) keep(p past, name string) {
	r.Helper()
	if *record == "" {
		return
	}
	text, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(&history.History{Events: p.events})
	if err == nil {
		err = os.WriteFile(filepath.Join(*record, name+".json"), append(text, '\n'), 0o644)
	}
	if err != nil {
		r.Fatal(err)
	}
}
