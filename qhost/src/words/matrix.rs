//! Matrices of floats: `mmu`, `$` of them, `inv`, `lsq`.

use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// Rows of one length.
struct Matrix {
    rows: Vec<Vec<f64>>,
    columns: usize,
}

impl Matrix {
    /// The matrix of a list of float vectors.
    fn of(x: &Obj) -> R<Matrix> {
        if !is_matrix(x) {
            return Err(QError::type_());
        }
        let rows: Vec<Vec<f64>> = x.items().iter().map(|row| row.slice::<f64>().to_vec()).collect();
        let columns = rows[0].len();
        if rows.iter().any(|row| row.len() != columns) {
            return Err(QError::length());
        }
        Ok(Matrix { rows, columns })
    }

    fn transposed(&self) -> Matrix {
        let rows = (0..self.columns).map(|j| self.rows.iter().map(|row| row[j]).collect()).collect();
        Matrix { rows, columns: self.rows.len() }
    }

    fn times(&self, other: &Matrix) -> R<Matrix> {
        if self.columns != other.rows.len() {
            return Err(QError::length());
        }
        let other = other.transposed();
        let row = |row: &Vec<f64>| other.rows.iter().map(|column| dot(row, column)).collect();
        Ok(Matrix { rows: self.rows.iter().map(row).collect(), columns: other.rows.len() })
    }

    /// By Gauss and Jordan, always with the largest pivot; all nulls when there is no inverse.
    fn inverse(&self) -> R<Matrix> {
        let n = self.columns;
        if self.rows.len() != n {
            return Err(QError::length());
        }
        let unit = |i| (0..n).map(move |j| f64::from(u8::from(i == j)));
        let mut rows: Vec<Vec<f64>> = self
            .rows
            .iter()
            .enumerate()
            .map(|(i, row)| row.iter().copied().chain(unit(i)).collect())
            .collect();
        for i in 0..n {
            let size = |k: &usize| rows[*k][i].abs();
            let pivot = (i..n).max_by(|a, b| size(a).total_cmp(&size(b))).unwrap_or(i);
            rows.swap(i, pivot);
            let by = rows[i][i];
            if by == 0.0 || !by.is_finite() {
                return Ok(Matrix { rows: vec![vec![f64::NAN; n]; n], columns: n });
            }
            rows[i].iter_mut().for_each(|v| *v /= by);
            let this = rows[i].clone();
            for (_, other) in rows.iter_mut().enumerate().filter(|(k, _)| *k != i) {
                let factor = other[i];
                other.iter_mut().zip(&this).for_each(|(v, p)| *v -= factor * p);
            }
        }
        rows.iter_mut().for_each(|row| drop(row.drain(..n)));
        Ok(Matrix { rows, columns: n })
    }

    fn into_obj(self) -> Obj {
        Obj::list(self.rows.iter().map(|row| vector(row)).collect())
    }
}

fn vector(values: &[f64]) -> Obj {
    Obj::from_slice::<f64>(tag::KF, values)
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>() + 0.0
}

/// Is this a list of float vectors, at least one?
pub fn is_matrix(x: &Obj) -> bool {
    x.tag() == tag::LIST && !x.is_empty() && x.items().iter().all(|row| row.tag() == tag::KF)
}

/// `x mmu y`: the product of matrices and vectors of floats.
///
/// # Errors
/// `type` for anything else, `length`.
pub fn mmu(x: &Obj, y: &Obj) -> R {
    match (x.tag(), y.tag()) {
        (tag::KF, tag::KF) if x.len() == y.len() => Ok(Obj::float(dot(x.slice(), y.slice()))),
        (tag::KF, tag::KF) => Err(QError::length()),
        (tag::KF, _) => {
            let row = Matrix { rows: vec![x.slice().to_vec()], columns: x.len() };
            Ok(vector(&row.times(&Matrix::of(y)?)?.rows[0]))
        }
        (_, tag::KF) => {
            let column = Matrix { rows: y.slice::<f64>().iter().map(|v| vec![*v]).collect(), columns: 1 };
            let product = Matrix::of(x)?.times(&column)?;
            Ok(vector(&product.rows.concat()))
        }
        _ => Ok(Matrix::of(x)?.times(&Matrix::of(y)?)?.into_obj()),
    }
}

/// `inv x`: the inverse of a square matrix of floats.
///
/// # Errors
/// `type`, `length`.
pub fn inv(x: &Obj) -> R {
    Ok(Matrix::of(x)?.inverse()?.into_obj())
}

/// `x lsq y`: the matrix whose product with y is nearest to x.
///
/// # Errors
/// `type`, `length`.
pub fn lsq(x: &Obj, y: &Obj) -> R {
    let (x, y) = (Matrix::of(x)?, Matrix::of(y)?);
    let turned = y.transposed();
    Ok(x.times(&turned)?.times(&y.times(&turned)?.inverse()?)?.into_obj())
}
