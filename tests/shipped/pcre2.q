// PCRE2, against Python's re.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/pcre2.q

pattern:"(?<year>\\d{4})-(?<month>\\d\\d)"
subject:"from 2024-02 to 2025-11"
compiled:.pcre2[`compile][pattern;count pattern;0;::]
.t.is["compiled"; 1_compiled; (100i;0)]
re:compiled 0
m:.pcre2.match_data_create_from_pattern[re;::]
.t.is["matched"; .pcre2.match[re;subject;count subject;0;0;m;::]; 3i]
.t.is["where"; .ffi.peek[.pcre2.get_ovector_pointer m;"j";6]; 5 12 5 9 10 12]
// With .ffi.guard 2 the match keeps a copy of the subject, which has ended with the call.
if[not 2~.ffi.guard[]; .t.is["by name"; .pcre2.substring_get_byname[m;"month"]; (0i;"02";2)]]
python:{first system"python3 -c \"import re; p=r'(?P<year>\\d{4})-(?P<month>\\d\\d)'; print(",x,")\""}
out:64#"\000"
r:.pcre2.substitute[re;subject;count subject;0;.pcre2.PCRE2_SUBSTITUTE_GLOBAL;::;::;"${month}/$1";11;out;count out]
.t.is["replaced"; r; (2i;23)]
.t.is["as Python does it"; r[1]#out; python"re.sub(p,r'\\g<month>/\\1','",subject,"')"]
.t.is["no match"; .pcre2.match[re;"none";4;0;0;m;::]; "i"$.pcre2.PCRE2_ERROR_NOMATCH]
bad:.pcre2[`compile]["a(b";3;0;::]
.t.is["what is wrong"; (bad 0;bad 2); (::;3)]
text:80#" "
.t.is["has a number"; .pcre2.get_error_message[bad 1;text;80]; 27i]
.t.is["and words"; 28#text; "missing closing parenthesis\000"]
.t.done[]
