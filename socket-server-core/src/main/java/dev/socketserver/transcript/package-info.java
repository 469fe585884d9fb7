/**
 * The text form of what peers and servers have said to each other. Taps write it, tests
 * replay it, and people do both. Knows close reasons, and nothing else of the engine.
 */
@NullMarked
package dev.socketserver.transcript;

import org.jspecify.annotations.NullMarked;
