#ifndef HUILIU_CZLIB_SHIM_H
#define HUILIU_CZLIB_SHIM_H

#include <zlib.h>

// deflateInit2 and inflateInit2 are macros, which Swift cannot see; these functions give them a name.
// Window bits of -15 mean a raw deflate stream: frames carry a checksum of their own.

static inline int huiliu_deflate_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
}

static inline int huiliu_inflate_init(z_stream *stream) {
    return inflateInit2(stream, -15);
}

#endif
