form-post-title = One moment
form-post-lead = We are taking you back to { $host }.
form-post-continue = Continue
