/**
 * Finds delimiters and reads lengths and escapes in arrays of bytes, for the codecs.
 * Says, too, that a payload cannot be sent. Knows no framing. Internal.
 */
@NullMarked
package dev.socketserver.framing.bytes;

import org.jspecify.annotations.NullMarked;
