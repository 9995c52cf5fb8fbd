"""Reports: pure functions of a result and its histories (laws 1 and 3); one file per kind."""
