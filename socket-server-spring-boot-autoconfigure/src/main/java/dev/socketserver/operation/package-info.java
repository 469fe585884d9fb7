/**
 * What operators can make servers, clients and sessions do, and how they find them,
 * through the actuator endpoints or the console.
 */
@NullMarked
package dev.socketserver.operation;

import org.jspecify.annotations.NullMarked;
