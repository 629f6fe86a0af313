#ifndef HUILIU_CZLIB_SHIM_H
#define HUILIU_CZLIB_SHIM_H

#include <zlib.h>

// deflateInit and inflateInit are macros that Swift cannot see; these functions give them a name.
static inline int huiliu_deflate_init(z_stream *stream, int level) {
    return deflateInit(stream, level);
}

static inline int huiliu_inflate_init(z_stream *stream) {
    return inflateInit(stream);
}

#endif
