/**
 * Finds the key of a frame, by which one of several methods is called. {@code
 * Discriminators} makes what the property {@code discriminator} says: a further kind is a
 * case there. Knows the frames only, and no methods.
 */
@NullMarked
package dev.socketserver.handler.key;

import org.jspecify.annotations.NullMarked;
