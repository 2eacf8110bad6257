form-post-title = لحظة من فضلك
form-post-lead = نعيدك الآن إلى { $host }.
form-post-continue = متابعة
