package graphsim

// An eventKind is what a system message tells of; noEvent: it is a message of somebody.
type eventKind uint8

const (
	noEvent eventKind = iota
	membersAdded
	membersDeleted
	membersJoined
	membersLeft
	chatRenamed
	callStarted
	callEnded
)
