"""Which files a run reads: paths, globs, git, the roles of files, cluster facts."""
