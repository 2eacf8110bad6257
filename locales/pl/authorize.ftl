form-post-title = Chwileczkę
form-post-lead = Przenosimy cię z powrotem do { $host }.
form-post-continue = Dalej
