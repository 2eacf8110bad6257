form-post-title = Um momento
form-post-lead = Estamos levando você de volta para { $host }.
form-post-continue = Continuar
