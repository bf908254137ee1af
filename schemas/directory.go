package schemas

// Listing is a collection, or one element of it, that is read to find out who somebody is whom the configuration names, and no dataset's. In
// Path {id} stands for what is named, and in Query {select} for the properties that are wanted.
type Listing struct {
	API    string
	Path   string
	Query  []Param
	Budget Budget
	// Permissions that open it, any one of them; the least privileged first.
	Permissions Requirement
}

var (
	// Everybody are the users of the directory, first those who are there, then those who were deleted in the last thirty days:
	// they are still in records.
	Everybody = []Listing{
		{API: "v1.0", Path: "/users", Query: selectedPeople, Budget: identity, Permissions: allOfUsers},
		{API: "v1.0", Path: "/directory/deletedItems/microsoft.graph.user", Query: selectedPeople, Budget: identity, Permissions: allOfUsers},
	}
	// OneUser is a user of the directory whom its list may lack.
	OneUser = Listing{API: "v1.0", Path: "/users/{id}", Query: []Param{{"$select", "{select}"}}, Budget: identity, Permissions: allOfUsers}
	// MembersOf are all who are in a group, also by another group in it.
	MembersOf = Listing{
		API: "v1.0", Path: "/groups/{id}/transitiveMembers", Query: []Param{{"$select", "id"}, {"$top", "999"}}, Budget: identityOf(5),
		Permissions: []Permission{"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"},
	}

	// KeysOfPeople are what somebody may be known by, the id first.
	KeysOfPeople = Users.Keys

	selectedPeople = []Param{{"$select", "{select}"}, {"$top", "999"}}
	allOfUsers     = []Permission{"User.Read.All", "Directory.Read.All"}
)
