/**
 * Checksums by their names, and where and how they are written in a frame. Knows no
 * framing. Internal.
 */
@NullMarked
package dev.socketserver.framing.checksum;

import org.jspecify.annotations.NullMarked;
