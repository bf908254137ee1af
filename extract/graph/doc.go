// Package graph reads collections and objects of Microsoft Graph for one tenant.
//
// It signs requests, follows pages to the end, keeps to the published throttling limits, waits when
// Graph asks for it, tries again what may pass, and says of what did not of which kind it is.
//
// It promises that no page is skipped or cut off unnoticed, that an answer is whole or an error, that no limit is
// exceeded in any interval, that a token goes to the endpoint's host only, that every wait ends with its context, and
// that no error or log says a token, a record, or who somebody is. Graph's own text is in the error of Microsoft's SDK
// that an [Error] unwraps to, and nowhere else.
//
// It knows OData's envelope and Graph's errors. It does not know any dataset, nor what is in a record.
//
// A [Client] is one tenant's. A [Request] asks it for an object by [Client.Get], or for a collection, page by page, by
// [Client.Pages]. Each try of a request passes these middlewares, from the outside to the inside:
//
//   - retry sends again what was throttled, failed, or came as a part only (retry.go);
//   - budget holds it back until its throttling family, its resource and the tenant's concurrency let it through: a
//     pacer for each of the first two, with a limiter for each published limit (budget.go, pacer.go, limiter.go);
//   - authorize signs it with the token of a [TokenSource]: of an application, which is [Entra], or of a [Person] who has signed
//     in (authorize.go, entra.go, person.go), and answers what a service wants of the next one (challenge.go);
//   - receive reads the answer, within the memory of all answers, and turns everything but a good one into an
//     [Error] (receive.go, classify.go).
//
// Start reading at [New], which puts them together, and at [Client.Pages].
package graph
