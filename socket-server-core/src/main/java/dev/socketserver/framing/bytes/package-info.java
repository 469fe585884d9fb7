/**
 * Finds delimiters and reads lengths and escapes in arrays of bytes, for the codecs.
 * Says, too, where a delimiter is that must not be there. Knows no framing. Internal.
 */
@NullMarked
package dev.socketserver.framing.bytes;

import org.jspecify.annotations.NullMarked;
