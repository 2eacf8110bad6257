title-problem = خطأ:
copy = نسخ
copied = تم النسخ
application-host = يعيدك إلى { $host }
application-unverified = سجّل هذا التطبيق نفسه بنفسه، ولم يتم التحقق من اسمه وروابطه.
application-policy = سياسة الخصوصية لتطبيق { $application }
application-terms = شروط الخدمة
