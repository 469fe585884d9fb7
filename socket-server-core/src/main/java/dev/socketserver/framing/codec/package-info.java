/**
 * How each type of framing decodes and encodes. Works on arrays, and knows neither
 * builders nor sessions. A decoder allocates nothing only because a received length asks
 * for it. Internal: {@code framing.builder} creates codecs, and the engine asks what it
 * may do without the bytes of a payload.
 */
@NullMarked
package dev.socketserver.framing.codec;

import org.jspecify.annotations.NullMarked;
