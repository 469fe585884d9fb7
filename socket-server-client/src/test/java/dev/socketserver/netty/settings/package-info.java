/** Settings of clients that are changed while they are in force. */
@NullMarked
package dev.socketserver.netty.settings;

import org.jspecify.annotations.NullMarked;
