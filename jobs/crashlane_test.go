package jobs_test

import (
	"fmt"
	"testing"

	"graphlake/load/lane"
	"graphlake/load/storetest"
)

// What the tests of crashes show of a lake without a second lane, they show of one that has it, in each of its forms: after
// the death and the same command again both lanes have what an undisturbed run leaves. The deaths lie further apart, for a run makes more calls;
// load/lane and load/delta die at each of theirs.

func TestCrashWithALane(t *testing.T) {
	n := twoDays(t)
	n.lane = byMonth
	before := begun(t, *n.lane)
	crash{night: n, step: 8}.everywhere(t, func(t *testing.T) func() full { return onDisk(t, copied(t, before)) })
}

func TestCrashInSecondNightWithALane(t *testing.T) { crashInSecondNight(t, byDay, 8) }

func TestCrashInEraseWithALane(t *testing.T) { crashInErase(t, ofTenant, 12) }

func TestCrashInExpireWithALane(t *testing.T) {
	for name, s := range map[string]*lane.Settings{"by day": byDay, "by month": byMonth} {
		t.Run(name, func(t *testing.T) { crashInExpire(t, s, 6) })
	}
}

// A replay makes all days anew, in both lanes; and one of the second lane makes that for a lake which was begun without.
// Whichever call of the store they die at, the same command leaves what it would have left undisturbed.
func TestCrashInAReplayWithALane(t *testing.T) {
	n := newNight(t, 18, true)
	n.lane = byDay
	before := begun(t, *n.lane)
	store := onDisk(t, before)
	off := n
	off.lane = nil
	off.finish(t, store())
	for name, replay := range map[string]func(night, *testing.T, full) error{
		"from raw":    func(n night, t *testing.T, store full) error { return failed(n.replay(t, store)) },
		"of the lane": func(n night, t *testing.T, store full) error { return failed(n.replayLane(t, store)) },
	} {
		undisturbed := storetest.NewFaulty(onDisk(t, copied(t, before))())
		if err := replay(n, t, undisturbed); err != nil {
			t.Fatal(err)
		}
		calls, want, says := undisturbed.Calls(), files(t, undisturbed), states(t, undisturbed)
		t.Logf("a replay %s makes %d calls: %v", name, calls, undisturbed.Counts())
		for at := 1; at <= calls; at += 6 * deathsApart() {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, call %d, after its effect %v", name, at, after), func(t *testing.T) {
					t.Parallel()
					open := onDisk(t, copied(t, before))
					dying := storetest.NewFaulty(open())
					dying.FailAt(at, after)
					if err := replay(n, t, dying); err == nil && dying.Died() != "" {
						t.Errorf("the replay died at %s and says nothing", dying.Died())
					}
					if err := replay(n, t, open()); err != nil {
						t.Fatal(err)
					}
					n.finish(t, open()) // a day that a replay of the lane finds dirty is derived by a run
					same(t, "after the death at "+dying.Died(), files(t, open()), want)
					if got := states(t, open()); fmt.Sprint(got) != fmt.Sprint(says) {
						t.Errorf("after the death at %s the states are\n%v\nwant\n%v", dying.Died(), got, says)
					}
				})
			}
		}
	}
}
