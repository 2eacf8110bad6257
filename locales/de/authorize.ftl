form-post-title = Einen Moment
form-post-lead = Sie werden zu { $host } zurückgeleitet.
form-post-continue = Weiter
