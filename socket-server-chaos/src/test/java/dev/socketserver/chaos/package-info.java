/**
 * The chaos harness: schedules of actions against an application in a JVM of its own, and
 * what must hold afterwards.
 */
@NullMarked
package dev.socketserver.chaos;

import org.jspecify.annotations.NullMarked;
