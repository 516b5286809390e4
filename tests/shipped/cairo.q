// cairo: the chart of the gallery as SVG, a picture in memory and its pixels, texts and their extents.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/cairo.q

image:.cairo.image_surface_create[`CAIRO_FORMAT_ARGB32;4;2]
cr:.cairo.create image
.cairo.set_source_rgb[cr;1;0;0];
.cairo.rectangle[cr;1;0;2;1];
.t.is["extents"; .cairo.fill_extents cr; 1 0 3 1f]
.cairo.fill cr;
.cairo.surface_flush image;
.t.is["pixels"; .ffi.peek[.cairo.image_surface_get_data image;"w";8]; 0 4294901760 4294901760 0 0 0 0 0]
.cairo.move_to[cr;2;1];
.t.is["a point"; .cairo.get_current_point cr; 2 1f]
.cairo.scale[cr;2;3];
.t.is["a matrix"; .cairo.get_matrix[cr]`xx`yy; 2 3f]
.t.is["transformed"; .cairo.user_to_device[cr;1;1]; 2 3f]
png:getenv[`SCRATCH],"/cairo.png"
.t.is["a PNG"; .cairo.surface_write_to_png[image;png]; 0i]
python:"import struct,zlib; d=open('",png,"','rb').read(); print(*struct.unpack('>II',d[16:24]), d[1:4].decode())"
.t.is["which Python reads"; first system"python3 -c \"",python,"\""; "4 2 PNG"]
.t.is["no file"; .cairo.status_to_string .cairo.surface_write_to_png[image;"/no/such/folder/x.png"]; "error while writing to output stream"]
.t.done[]
