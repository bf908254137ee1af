// Package duckdb lets DuckDB, a reader that we did not write, read the lake that the demo makes.
//
// It has tests only: what is in the tables is what the run reported, what the simulator holds and
// what raw says when DuckDB takes the JSON apart itself; types, keys, partitions and files are such
// that every reader takes them. The views that graphlake sql prints, and the queries of the datasets and
// of the pages in docs, are run. It is a module of its own because DuckDB needs a C compiler.
// The benchmark against DuckDB is in bench.
package duckdb
