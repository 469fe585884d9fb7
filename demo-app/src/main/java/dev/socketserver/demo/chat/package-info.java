/**
 * Everybody hears everybody.
 */
@NullMarked
package dev.socketserver.demo.chat;

import org.jspecify.annotations.NullMarked;
