package workflows

// How these workflows change
//
// A workflow that is under way is carried on by a newer worker, which replays its history: it must come to the same
// activities, children and timers in the same order. So whoever changes that order, or what decides it, branches on
//
//	workflow.GetVersion(ctx, changeName, workflow.DefaultVersion, 1)
//
// and keeps the old branch until no workflow of it is left (two days: a day, its tries and the catching up of a schedule). The
// name of the change is a constant here, with its date. Histories of each release lie in testdata/histories, and a test
// replays them. Fields of inputs and results are only added.
