/**
 * What operators can have servers and sessions do, and how they find them, whichever way
 * they come: actuator endpoints or the console.
 */
@NullMarked
package dev.socketserver.operation;

import org.jspecify.annotations.NullMarked;
