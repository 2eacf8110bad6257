form-post-title = Un instant
form-post-lead = Nous vous ramenons vers { $host }.
form-post-continue = Continuer
