/**
 * What users see of framings: how bytes are divided into frames, and frames become bytes.
 * Works on arrays, and knows neither sockets nor sessions. The rooms below it have the
 * built-in framings: {@code builder} checks their keys, {@code codec} decodes and
 * encodes, {@code wrapper} adds to another framing, {@code checksum} computes,
 * {@code heartbeat} says who is there, {@code bytes} searches arrays. Uses none of them:
 * {@link FramingProvider} finds the builders when the first framing is created.
 */
@NullMarked
package dev.socketserver.framing;

import org.jspecify.annotations.NullMarked;
