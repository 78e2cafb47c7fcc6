//! Every lever moves the world the way its mechanism says, and every parameter is read.
