/**
 * Bridges store the messages of a server before they are handled, so that what is
 * acknowledged is stored. Owns what applications write against, and the headers of
 * messages. Knows nothing of how they are stored. For applications.
 */
@NullMarked
package dev.socketserver.bridge;

import org.jspecify.annotations.NullMarked;
