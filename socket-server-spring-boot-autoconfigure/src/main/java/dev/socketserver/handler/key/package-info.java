/**
 * Finds the key of a frame, by which one of several methods is called. Knows the frames
 * only, and no methods.
 */
@NullMarked
package dev.socketserver.handler.key;

import org.jspecify.annotations.NullMarked;
