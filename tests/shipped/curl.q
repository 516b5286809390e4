// libcurl: a file by its URL, and URLs themselves, against Python's urllib. Nothing here uses a network.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/curl.q

got:""
take:.ffi.callback[{[data;size;n;user] got,:.ffi.peek[data;"c";size*n]; size*n};"rllr";"l"]
h:.curl.easy_init[]
.t.is["set"; (.curl.easy_setopt[h;`CURLOPT_URL;"file://",first system"realpath README.md"];.curl.easy_setopt[h;`CURLOPT_WRITEFUNCTION;take]); 0 0i]
.t.is["read"; .curl.easy_perform h; 0i]
.t.is["the file"; got; "c"$read1 `:README.md]
size:enlist 0
.t.is["asked"; (.curl.easy_getinfo[h;`CURLINFO_SIZE_DOWNLOAD_T;size];size); (0i;enlist count got)]
.curl.easy_setopt[h;`CURLOPT_URL;"file:///no/such/file"];
.t.is["what is not there"; .curl.easy_strerror .curl.easy_perform h; "Couldn't read a file:// file"]

python:{first system"python3 -c \"from urllib.parse import *; print(",x,")\""}
.t.is["escaped"; .curl.easy_escape[h;"a b&c/d?";0]; python"quote('a b&c/d?',safe='')"]
.t.is["and back"; .curl.easy_unescape[h;"a%20b%26";0]; ("a b&";4i)]
u:.curl.url[]
.t.is["a URL"; .curl.url_set[u;`CURLUPART_URL;"https://user@example.com:8080/a/b?x=1#top";0]; 0i]
part:{last .curl.url_get[u;x;0]}
.t.is["its parts"; "|" sv part each `CURLUPART_HOST`CURLUPART_PORT`CURLUPART_PATH`CURLUPART_QUERY;
  python"'{0.hostname}|{0.port}|{0.path}|{0.query}'.format(urlsplit('https://user@example.com:8080/a/b?x=1#top'))"]
.t.is["constants"; .curl`CURLE_OK`CURLE_COULDNT_RESOLVE_HOST`CURL_GLOBAL_SSL; 0 6 1]
.t.done[]
