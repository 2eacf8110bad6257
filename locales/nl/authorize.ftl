form-post-title = Een moment
form-post-lead = We brengen je terug naar { $host }.
form-post-continue = Doorgaan
